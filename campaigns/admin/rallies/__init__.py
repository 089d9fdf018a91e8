"""The page of a rally call: its declaration, and what a ban entails."""
