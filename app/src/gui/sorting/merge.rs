//! Sorts places by their keys, stable, and stops when it is no longer wanted: runs that are sorted each by itself, merged
//! two by two. The standard library's own sort cannot be stopped.

/// Places in a run: what is sorted between two looks at whether it is still wanted.
const RUN: usize = 65_536;

/// The places of `keys` in their order; nothing where `cancelled` has become true.
pub(super) fn order(keys: &[u64], cancelled: &dyn Fn() -> bool) -> Option<Vec<u32>> {
    let mut places: Vec<u32> = (0..keys.len() as u32).collect();
    for run in places.chunks_mut(RUN) {
        if cancelled() {
            return None;
        }
        run.sort_by_key(|place| keys[*place as usize]);
    }
    let mut merged = vec![0; if places.len() > RUN { places.len() } else { 0 }];
    let mut run = RUN;
    while run < places.len() {
        for (from, into) in places.chunks(run * 2).zip(merged.chunks_mut(run * 2)) {
            let (left, right) = from.split_at(run.min(from.len()));
            merge(keys, left, right, into, cancelled)?;
        }
        std::mem::swap(&mut places, &mut merged);
        run *= 2;
    }
    Some(places)
}

fn merge<'a>(
    keys: &[u64],
    mut left: &'a [u32],
    mut right: &'a [u32],
    into: &mut [u32],
    cancelled: &dyn Fn() -> bool,
) -> Option<()> {
    for piece in into.chunks_mut(RUN) {
        if cancelled() {
            return None;
        }
        for slot in piece {
            let takes_left = match (left.first(), right.first()) {
                (Some(one), Some(other)) => keys[*one as usize] <= keys[*other as usize],
                (one, _) => one.is_some(),
            };
            let side = if takes_left { &mut left } else { &mut right };
            if let Some((first, rest)) = side.split_first() {
                (*slot, *side) = (*first, rest);
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// It is what a plain stable sort makes of the same keys, in one run and in several, and it stops when told.
    #[test]
    fn as_a_plain_sort() {
        let mut seed = 7_u64;
        let mut random = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            seed >> 33
        };
        for (count, kinds) in
            [(0, 1), (1, 1), (1000, 10), (RUN, 5), (RUN * 5 + 17, 1000), (RUN * 2, u64::MAX)]
        {
            let keys: Vec<u64> = (0..count).map(|_| random() % kinds).collect();
            let mut plain: Vec<u32> = (0..count as u32).collect();
            plain.sort_by_key(|place| keys[*place as usize]);
            assert!(order(&keys, &|| false) == Some(plain), "{count} rows, {kinds} kinds");
            assert_eq!(order(&keys, &|| true).is_none(), count > 0);
        }
    }
}
