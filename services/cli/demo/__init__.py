"""`safehand demo`: the main job from end to end, on one machine, over real processes."""
