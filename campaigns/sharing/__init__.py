"""What brings people here from elsewhere: links, calendars, previews, invitations in words."""
