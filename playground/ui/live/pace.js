// How fast a replay runs: the epoch that is shown after some seconds.
// The first epochs move most, so they are played slowly: the epoch grows like an exponential of time.

export const SPEEDS = { slow: 0.4, normal: 1, fast: 2 }; // of the normal pace
const LONGEST = 5.5; // seconds at the normal pace
const LONGEST_EPOCH = 0.5; // seconds that one of a few epochs takes

// The seconds that a whole replay takes at the normal pace.
export function findDuration(epochs) {
  return Math.min(LONGEST, LONGEST_EPOCH * epochs);
}

// The epoch that is shown so many seconds after epoch 0.
export function findEpoch(seconds, epochs) {
  const share = Math.min(1, seconds / findDuration(epochs));
  return Math.round(Math.expm1(share * Math.log1p(epochs)));
}

// The other way round: after how many seconds an epoch is reached.
export function findSeconds(epoch, epochs) {
  return (Math.log1p(epoch) / Math.log1p(epochs)) * findDuration(epochs);
}
