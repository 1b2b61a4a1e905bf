import Files
import Foundation
import Testing

@Suite("XXH64")
struct XXH64Tests {
  /// From python-xxhash.
  @Test(arguments: [
    ("", "ef46db3751d8e999"), ("a", "d24ec4f1a98c6e5b"), ("abc", "44bc2cf5ad770999"),
    ("Nobody inspects the spammish repetition", "fbcea83c8a378bf1"),
  ])
  func digestsAreThePublishedOnes(text: String, digest: String) {
    #expect(xxh64(Data(text.utf8)) == digest)
    #expect(xxh64(Array(text.utf8)) == digest)
  }

  @Test(arguments: [1, 7, 8, 31, 32, 33, 100])
  func everyBitCounts(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37) }
    var digests = [xxh64(bytes)]
    for bit in 0..<8 * count {
      var other = bytes
      other[bit / 8] ^= 1 << (bit % 8)
      digests.append(xxh64(other))
    }
    #expect(Set(digests).count == 8 * count + 1)
  }
}
