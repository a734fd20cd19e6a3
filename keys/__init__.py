"""Trust: the suite, signing, sealing and opening, keyrings, key cards, the directory.

The only package that touches primitives and the only one that draws random bits. PROTOCOL sections
2, 3 and 11. Which module may be loaded where:

=================  ====  =====  =======  =====================================================
module             hub   node   auditor  what it is for
=================  ====  =====  =======  =====================================================
errors             yes   yes    yes      the error tree
concealed          yes   yes    yes      no key bytes in repr, pickles or copies
crockford          yes   yes    yes      random bits spelt for people
randomness         yes   yes    yes      the one source of random bits
primitives         yes   yes    yes      guarded imports of the younger algorithms
strict_json        yes   yes    yes      duplicate keys in signed JSON refused
signing            yes   yes    yes      Ed25519, and the pair with ML-DSA-65
lognotes           yes   yes    yes      C2SP note keys, note signatures, cosignatures
tokens             yes   yes    yes      consent, refusal and revocation tokens (JWS)
request_keys       yes   yes    yes      keys for RFC 9421, for http-message-signatures
keycard            yes   yes    yes      cards and the statements under them, fingerprints
directory          yes   yes    yes      who is who: introductions, pins
secret_files       yes   yes    yes      secrets on disk: 0600, atomic, old bytes overwritten
storage            yes   yes    yes      XChaCha20-Poly1305 at rest, under a key of one's own
epoch              yes   no     no       the hub's epoch key for half-keys
suite              yes   yes    yes      self-test of what a verifier uses
hpke               yes   yes    yes      sealing to a recipient (no opening)
body               yes   yes    no       sealing bodies (no opening)
opening            NO    yes    no       opening what others sealed
suite_opening      NO    yes    no       self-test of everything, opening included
recovery           NO    yes    no       recovery codes
passphrase         NO    yes    no       passphrases: strength, one spelling for each
keyring_file       NO    yes    no       the sealed file format under the keyrings
keyring            NO    yes    no       the two keyrings of a node
=================  ====  =====  =======  =====================================================
"""
