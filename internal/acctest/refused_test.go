package acctest

import "fmt"

// mustBe is nil when a call ended with that code of AWS, "" for success; else it says how it ended.
func mustBe(code string, err error) error {
	switch {
	case Code(err) == code:
		return nil
	case err == nil:
		return fmt.Errorf("the call went through, want %s", code)
	case code == "":
		return err
	}
	return fmt.Errorf("want %s: %w", code, err)
}

// about says what an error is about; nil stays nil.
func about(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
