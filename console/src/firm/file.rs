//! Files of keys and certificates: the relay's are kept in the same way.

pub(super) use aval_transport::keyfile::{
    make_dir, move_aside, read, read_secret, refuse_existing, replace, replace_private, write_new,
};
