//! A disjoint-set forest that threads may share.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

/// Disjoint sets of `0..len`. The root of a set is always its smallest member, so the result does
/// not depend on the order of the unions.
pub(crate) struct UnionFind(Vec<AtomicU32>);

impl UnionFind {
    /// Every element alone.
    pub(crate) fn new(len: usize) -> Self {
        Self((0..len as u32).map(AtomicU32::new).collect())
    }

    /// The smallest member of `element`'s set, as far as unions have gone.
    pub(crate) fn find(&self, mut element: u32) -> u32 {
        loop {
            let parent = self.0[element as usize].load(Relaxed);
            if parent == element {
                return element;
            }
            let grandparent = self.0[parent as usize].load(Relaxed);
            // Path halving. A lost race only leaves the path longer.
            if grandparent != parent {
                self.0[element as usize].store(grandparent, Relaxed);
            }
            element = grandparent;
        }
    }

    /// Joins the sets of `a` and `b`; whether they were apart.
    pub(crate) fn union(&self, a: u32, b: u32) -> bool {
        let (mut a, mut b) = (self.find(a), self.find(b));
        while a != b {
            let (low, high) = (a.min(b), a.max(b));
            // Only a root may be linked; when another thread linked it first, look again.
            match self.0[high as usize].compare_exchange(high, low, Relaxed, Relaxed) {
                Ok(_) => return true,
                Err(_) => (a, b) = (self.find(low), self.find(high)),
            }
        }
        false
    }

    /// Whether `element` is the smallest of its set.
    pub(crate) fn is_root(&self, element: u32) -> bool {
        self.0[element as usize].load(Relaxed) == element
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rayon::prelude::*;

    #[test]
    fn roots_are_the_smallest_members_whatever_the_order() {
        let sets = UnionFind::new(10_000);
        // Chains of every seventh element, joined from many threads at once.
        (7..10_000u32).into_par_iter().for_each(|i| assert!(sets.union(i, i - 7)));
        assert!((0..10_000).all(|i| sets.find(i) == i % 7));
        assert_eq!((0..10_000).filter(|&i| sets.is_root(i)).count(), 7);
    }
}
