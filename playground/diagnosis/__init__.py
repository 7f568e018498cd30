"""What a run means: its verdict with the evidence, remedies that help it, and its errors on test points."""

from playground.diagnosis.diagnosis import Diagnosis as Diagnosis
from playground.diagnosis.diagnosis import diagnose as diagnose
from playground.diagnosis.diagnosis import train_and_diagnose as train_and_diagnose
from playground.diagnosis.verdict import Cause as Cause
from playground.diagnosis.verdict import Verdict as Verdict
