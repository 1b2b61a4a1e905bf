import Statistics
import Testing

/// Quantities of rliable, worked out by hand.
@Suite struct TaskScoresTests {
  private let scores = TaskScores([[0.1, 0.9, 0.5], [0.2, 0.4, 0.3, 0.8, 0.6]])

  /// Eight runs: two are left out at either end.
  @Test func interquartileMeanIsOfTheMiddleHalf() {
    #expect(abs(scores.interquartileMean - (0.3 + 0.4 + 0.5 + 0.6) / 4) < 1e-15)
    #expect(TaskScores([[0.7]]).interquartileMean == 0.7)
    // Of five, one at either end.
    #expect(abs(TaskScores([[1, 2], [3, 4, 9]]).interquartileMean - 3) < 1e-15)
  }

  @Test func profileIsTheShareAbove() {
    #expect([0, 0.1, 0.5, 0.9].map(scores.share) == [1, 7.0 / 8, 3.0 / 8, 0])
  }

  /// Task 1: of four pairs, three wins and a tie. Task 2: one of two.
  @Test func probabilityOfImprovementCountsPairsOfATask() {
    let a = TaskScores([[5, 7], [1]])
    let b = TaskScores([[5, 3], [0, 4]])
    #expect(a.probabilityOfImprovement(over: b) == (3.5 / 4 + 0.5) / 2)
    #expect(b.probabilityOfImprovement(over: a) == (0.5 / 4 + 0.5) / 2)
    #expect(a.probabilityOfImprovement(over: a) == 0.5)
  }

  @Test func intervalsHoldTheValueAndStayWithinTasks() throws {
    let interval = try #require(TaskScores.interval([scores]) { $0[0].interquartileMean })
    #expect(interval.contains(scores.interquartileMean))
    #expect(interval.lowerBound < interval.upperBound)
    // Tasks are not drawn: with no spread inside of them there is none at all.
    let flat = TaskScores([[0.1, 0.1], [0.9, 0.9]])
    #expect(TaskScores.interval([flat]) { $0[0].interquartileMean } == 0.5...0.5)
    // Nothing is known of a task's only run.
    #expect(TaskScores.interval([TaskScores([[1, 2], [3]])]) { $0[0].interquartileMean } == nil)
    #expect(TaskScores.interval([scores]) { $0[0].interquartileMean } == interval)
  }

  /// A method against itself: its runs are drawn twice, not once for both.
  @Test func methodsAreDrawnApart() throws {
    let a = TaskScores([[1, 2, 3], [4, 5, 6]])
    let interval = try #require(
      TaskScores.interval([a, a]) { $0[0].probabilityOfImprovement(over: $0[1]) })
    #expect(interval.lowerBound < 0.5 && interval.upperBound > 0.5)
  }
}
