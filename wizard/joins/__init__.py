"""Where engine and providers are joined. `wizard.__main__` alone takes it to the front ends."""
