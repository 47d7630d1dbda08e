//! System calls of Windows that more than one part of the agent makes, each as a small function without pointers.

pub(crate) mod pipe;
