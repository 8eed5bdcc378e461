"""The public pages: joining, confirming, preferences, leaving; nothing else is served."""
