"""The practice league's live video: a clip that repeats for ever, served as a broadcaster's live stream would be."""
