//! Making firms: root, issuing key, certificates.
