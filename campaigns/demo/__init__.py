"""The demo: a campaign of February 2022, told anew with its dates moved to today."""
