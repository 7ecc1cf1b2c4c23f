"""One file per film or series: its picture, its sound, its poster."""
