import Failures
import TestSupport
import Testing

@Suite struct ErrorCategoryTests {
    @Test(arguments: [
        ("22001", ErrorCategory.fieldLength), ("22003", .dataType), ("22P02", .dataType), ("22007", .dataType), ("22021", .dataType), ("42804", .dataType),
        ("23505", .constraintViolation), ("23502", .constraintViolation), ("23503", .constraintViolation), ("23514", .constraintViolation),
        ("08006", .transient), ("25006", .transient), ("25P03", .transient), ("28P01", .transient), ("3D000", .transient), ("40001", .transient),
        ("40P01", .transient), ("53100", .transient), ("53300", .transient), ("55P03", .transient), ("57014", .transient), ("57P01", .transient),
        ("58030", .transient), ("42703", .unknown), ("42P01", .unknown), ("25P02", .unknown), ("55006", .unknown), ("XX000", .unknown), ("", .unknown),
    ])
    func `each code has the category of the design`(sqlState: String, category: ErrorCategory) {
        #expect(ErrorCategory(sqlState: sqlState) == category)
    }
}
