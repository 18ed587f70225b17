"""DNS and pinned sites as the client sees them: the ports Dns and SiteProbe."""
