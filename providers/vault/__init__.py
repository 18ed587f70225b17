"""Where credentials come from and go to: implementations of wizard.ports.vault."""
