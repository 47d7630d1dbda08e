//! System calls of Windows that more than one part of the agent makes, each as a small function without pointers.

pub(crate) mod boot;
pub(crate) mod elevate;
pub(crate) mod helper;
pub(crate) mod pipe;
mod registry;
pub(crate) mod service;
pub(crate) mod update;
