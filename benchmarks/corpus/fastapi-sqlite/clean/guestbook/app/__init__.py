"""A guestbook that everybody may write in."""
