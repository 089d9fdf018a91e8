"""An action's alerts: written, scheduled, corrected, shown as cards."""
