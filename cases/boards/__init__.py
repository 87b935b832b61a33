"""Pages across all matters: start pages, dashboards, lists of what waits."""
