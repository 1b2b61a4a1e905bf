import Crypto
import Foundation

/// SHA-256, in hexadecimal, of the names joined by newlines: it identifies a split list.
package func digest(ofNames names: [String]) -> String {
  SHA256.hash(data: Data(names.joined(separator: "\n").utf8))
    .map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
}
