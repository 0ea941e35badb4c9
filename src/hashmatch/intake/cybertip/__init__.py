"""Reports to NCMEC's CyberTipline, in each form in which they arrive."""
