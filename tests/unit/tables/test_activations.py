"""What a page draws with an activation is what Keras trains with."""

import keras
import numpy as np
import pytest

from playground.tables.activations import ACTIVATIONS

Z = np.concatenate([np.linspace(-8, 8, 801), [-1e4, 1e4]]).astype(np.float32)


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_the_drawn_activation_is_keras_own(key):
    expected = keras.ops.convert_to_numpy(keras.activations.get(key)(keras.ops.convert_to_tensor(Z)))
    found = ACTIVATIONS[key].curve(Z)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)
