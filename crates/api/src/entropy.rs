//! Randomness comes in from outside, so that a test can repeat a run.

/// A source of random bytes, fit for keys.
pub trait Entropy: Send + Sync + 'static {
    /// Fills the slice.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    /// # Panics
    /// When the operating system has no randomness: nothing safe can be done then.
    #[allow(clippy::expect_used)]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }
}

/// `N` random bytes.
pub fn random<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// `2 × N` lower-case hex digits of randomness.
pub fn random_hex<const N: usize>(entropy: &dyn Entropy) -> String {
    random::<N>(entropy)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}
