package acctest

import "fmt"

// mustBe is nil when AWS refused a call with that code; else it says how the call ended.
func mustBe(code string, err error) error {
	switch {
	case err == nil:
		return fmt.Errorf("the call went through, want %s", code)
	case Code(err) != code:
		return fmt.Errorf("want %s: %w", code, err)
	}
	return nil
}
