"""The sandbox's DNS: real servers and resolvers on loopback, and the people who use them."""
