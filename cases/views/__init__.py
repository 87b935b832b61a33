"""Pages of the case area. A view fetches through `visible_to`, validates, makes one call, renders."""
