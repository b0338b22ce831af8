//! The development grid from outside, through the port.
#![allow(clippy::unwrap_used)]

mod chain;
mod faults;
mod kept;
mod nodes;
mod pages;
mod support;
