import Crypto
import Foundation

/// SHA-256, in hexadecimal, of the names joined by newlines: it identifies a split list.
package func digest(ofNames names: [String]) -> String {
  sha256(Data(names.joined(separator: "\n").utf8))
}

/// SHA-256, 64 hexadecimal digits.
package func sha256(_ data: Data) -> String {
  SHA256.hash(data: data).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
