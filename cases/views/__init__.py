"""Pages of the case area: fetch through `visible_to`, validate, make one call, render."""
