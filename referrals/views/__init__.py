"""The pages of a referral: opening and listing, filling in, and what is done to it."""
