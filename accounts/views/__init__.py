"""What a device does with its subscription; calls that also touch campaigns are in campaigns.views."""
