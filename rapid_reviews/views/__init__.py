"""The pages of a rapid review: the review itself, the agencies' summaries, chronology and pack."""
