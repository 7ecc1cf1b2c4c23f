//! AES-128 in CBC mode over whole blocks, in a pattern (ISO/IEC 23001-7, clauses 9.6 and 10.4).

use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt, KeyInit};

use super::ContentKey;

/// Bytes of a block.
pub(super) const BLOCK: usize = 16;

/// Which blocks are encrypted: so many, then so many are skipped, and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cmaf) struct Pattern {
    pub(in crate::cmaf) crypt: u8,
    pub(in crate::cmaf) skip: u8,
}

impl Pattern {
    /// Of pictures: one block in ten (clause 10.4.2).
    pub(super) const PICTURE: Pattern = Pattern { crypt: 1, skip: 9 };
    /// Of sound: every whole block, which is said by two zeros (clause 10.4.1).
    pub(super) const SOUND: Pattern = Pattern { crypt: 0, skip: 0 };
}

/// A key, ready to encrypt.
pub(super) struct Cipher {
    aes: Aes128,
    iv: [u8; BLOCK],
}

impl Cipher {
    pub(super) fn new(key: &ContentKey) -> Cipher {
        Cipher {
            aes: Aes128::new(&key.secret.into()),
            iv: key.iv,
        }
    }

    /// Encrypts one part, beginning from the constant initialisation vector; what is left of a block stays as it is.
    pub(super) fn encrypt(&self, part: &mut [u8], pattern: Pattern) {
        let (crypt, round) = match pattern {
            Pattern { crypt: 0, .. } => (1, 1),
            Pattern { crypt, skip } => (usize::from(crypt), usize::from(crypt) + usize::from(skip)),
        };
        let mut before = self.iv;
        let (blocks, _) = part.as_chunks_mut::<BLOCK>();
        for (_, block) in (0..).zip(blocks).filter(|(n, _)| n % round < crypt) {
            for (byte, other) in block.iter_mut().zip(before) {
                *byte ^= other;
            }
            self.aes.encrypt_block((&mut *block).into());
            before = *block;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST SP 800-38A, F.2.1: the first two blocks of CBC-AES128.
    #[test]
    fn blocks_are_chained_as_the_standard_shows() {
        let bytes = |text: &str| -> Vec<u8> {
            let pairs = text.as_bytes().chunks(2);
            let pair = |pair| u8::from_str_radix(std::str::from_utf8(pair).expect("hex"), 16);
            pairs.map(|two| pair(two).expect("hex")).collect()
        };
        let array = |text| <[u8; 16]>::try_from(bytes(text)).expect("16 bytes");
        let key = ContentKey {
            id: [0; 16],
            secret: array("2b7e151628aed2a6abf7158809cf4f3c"),
            iv: array("000102030405060708090a0b0c0d0e0f"),
        };
        let plain = bytes("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51ff");
        let cipher = Cipher::new(&key);
        let mut sound = plain.clone();
        cipher.encrypt(&mut sound, Pattern::SOUND);
        let expected = bytes("7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2ff");
        assert_eq!(sound, expected);

        let mut picture = [&plain[..16], &[7; 144], &plain[16..]].concat();
        cipher.encrypt(&mut picture, Pattern::PICTURE);
        assert_eq!(
            picture,
            [&expected[..16], &[7; 144], &expected[16..]].concat()
        );
    }
}
