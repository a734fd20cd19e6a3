"""Named lies of a hub about a release, each with the step at which its recipient must stop."""
