import Files
import Foundation

/// Requests to a Python process and its answers, each one line of JSON. What goes wrong becomes one
/// line for the user.
struct TorchConversation {
  let channel: LineChannel
  /// The interpreter, for messages.
  let python: String
  /// What the process prints, which precedes the messages.
  let output: PassedOutput

  private struct Failed: Decodable {
    var failed: String
    var message: String
  }

  /// What a request is about, for messages.
  struct Purpose {
    /// The loss's notation.
    var loss: String
    /// Such as "evaluate a batch".
    var action: String
    /// The timeout in seconds.
    var limit: Double
  }

  /// - Parameters:
  ///   - descriptors: open files that the other process gets with the request.
  ///   - end: ends the process, after giving it some seconds to exit by itself, and says how it ended.
  /// - Throws: `UserError` if the process reports a failure, gives no valid answer or is gone. In the
  ///   last case, and if it takes too long, it is ended.
  func ask<Answer: Decodable>(
    _ request: some Encodable, passing descriptors: [Int32] = [], for purpose: Purpose,
    end: (_ patience: Double) -> String
  ) throws(UserError) -> Answer {
    do throws(UserError) {
      return try answer(request, passing: descriptors, for: purpose, end: end)
    } catch {
      output.flush()
      throw error
    }
  }

  private func answer<Answer: Decodable>(
    _ request: some Encodable, passing descriptors: [Int32], for purpose: Purpose,
    end: (_ patience: Double) -> String
  ) throws(UserError) -> Answer {
    func ended() -> UserError {
      UserError(
        "\(purpose.loss): the Python worker ended unexpectedly (\(end(1))); its output is above")
    }
    guard let line = try? JSONEncoder().encode(request), channel.send(line, passing: descriptors)
    else { throw ended() }
    switch channel.receive(within: purpose.limit) {
    case .closed: throw ended()
    case .late:
      _ = end(0)
      throw UserError(
        "\(purpose.loss): the Python worker took more than \(purpose.limit.formatted()) s to "
          + "\(purpose.action) and was stopped; --torch-timeout SECONDS allows more time")
    case .line(let text):
      let data = Data(text.utf8)
      if let failed = try? JSONDecoder().decode(Failed.self, from: data) {
        throw error(failed, purpose.loss)
      }
      guard let answer = try? JSONDecoder().decode(Answer.self, from: data) else {
        throw unexpected(text, purpose.loss)
      }
      return answer
    }
  }

  private func error(_ failed: Failed, _ loss: String) -> UserError {
    switch failed.failed {
    case "no-torch":
      UserError(
        "\(loss) needs PyTorch, which \(python) does not have: install it with "
          + "\(python) -m pip install torch, or \(TorchSetup.advice)")
    case "worker": UserError("\(loss): the Python worker failed: \(failed.message)")
    default: UserError("\(loss) \(failed.message)\(Self.advice(failed.message))")
    }
  }

  /// What to do about PyTorch's own errors whose words do not say it.
  private static func advice(_ message: String) -> String {
    let isIgnoredLabel = message.contains("Target 255 is out of bounds")
    return isIgnoredLabel
      ? "; labels are 255 where they are ignored: give the loss ignore_index=255" : ""
  }

  func unexpected(_ text: String, _ loss: String) -> UserError {
    UserError(
      "\(loss): \(python) gave an invalid answer: \"\(text.prefix(60))\"; if it is not Python, "
        + TorchSetup.advice)
  }
}
