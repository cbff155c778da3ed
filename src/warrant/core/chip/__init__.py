"""The national card: file layout and codec, commands, secure messaging, personalisation and inspection."""
