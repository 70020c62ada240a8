"""Leaders: discovery by metrics, and the profile of one."""
