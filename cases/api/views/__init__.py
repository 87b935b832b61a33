"""The API's views: find what the actor may see, ask the permission, one service call, tell."""
