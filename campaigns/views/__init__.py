"""The API's calls about campaigns, and those that touch both a device and campaigns."""
