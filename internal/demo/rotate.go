package main

import (
	"context"
	"errors"
)

// This file replaces the external ID: once with an overlap, and once at once, with the end of the sessions.

// overriding is a file of Terraform whose arguments take the place of those of main.tf.
const overriding = "rotation_override.tf"

func (t *teller) rotate(ctx context.Context) error {
	t.step("Rotate the external ID: nobody is refused",
		"A higher external_id_version draws a new ID. The role accepts both for external_id_rotation.overlap_days, 7 unless said otherwise; the "+
			"first apply after that drops the old one, and its plan says so.")
	old := t.externalID
	if err := t.override(ctx, "  external_id_version = 1\n", "is accepted for 7 days", "For 7 days after this apply"); err != nil {
		return err
	}
	t.expect("the ID is a new one", changed(old, t.externalID))
	for _, id := range []struct{ whose, typed, value string }{{"the new external ID", `"$id"`, t.externalID}, {"the old external ID", `"$old"`, old}} {
		t.command(assumeLine("etl", id.typed))
		_, err := t.running("etl").assume(ctx, t.roleARN, id.value)
		t.expect("accepted: "+id.whose, err)
	}
	return nil
}

func (t *teller) revoke(ctx context.Context) error {
	t.step("Rotate at once, and end sessions: the old ones are refused",
		"AWS asks for the external ID only when a session is issued; a session lives until it ends by itself. With revoke_on_change the role "+
			"refuses those that were issued before the trust policy changed, and overlap_days = 0 refuses the old IDs.")
	t.command(readLine("share", sharedKey))
	_, err := t.session.read(ctx, sharedKey)
	t.expect("a session from before the rotation still reads", err)
	old := t.externalID
	if err := t.override(ctx, "  external_id_version  = 2\n  external_id_rotation = { overlap_days = 0 }\n  revoke_on_change     = true\n",
		"is refused at once", "is refused until it sends the new ID"); err != nil {
		return err
	}
	t.command(assumeLine("etl", `"$old"`))
	_, err = t.running("etl").assume(ctx, t.roleARN, old)
	t.refused("the old external ID", err)
	t.command(readLine("share", sharedKey))
	_, err = t.session.read(ctx, sharedKey)
	t.refused("the session from before", err)
	t.command(assumeLine("etl", `"$id"`))
	t.session, err = t.running("etl").assume(ctx, t.roleARN, t.externalID)
	t.expect("accepted: the new external ID", err)
	return err
}

// override applies the share with other arguments and takes the external ID that comes of it. The plan has to say what
// becomes of the old one.
func (t *teller) override(ctx context.Context, arguments, expected, said string) error {
	text := "resource \"crossaccount_s3_share\" \"reports\" {\n" + arguments + "}\n"
	if err := t.terraform.Write(overriding, text); err != nil {
		return err
	}
	t.command("cat " + overriding)
	t.output(text)
	plan, err := t.run(ctx, warned, "plan", "-out=rotation.tfplan")
	if err != nil {
		return err
	}
	t.expect("the plan says that the old ID "+expected, says(plan, said))
	if _, err := t.run(ctx, completed, "apply", "rotation.tfplan"); err != nil {
		return err
	}
	t.command("old=$id id=$(terraform output -raw external_id)")
	return t.learnExternalID(ctx)
}

// learnExternalID reads the external ID, which nothing shows from then on.
func (t *teller) learnExternalID(ctx context.Context) (err error) {
	t.externalID, err = t.value(ctx, "external_id")
	t.secrets = append(t.secrets, t.externalID)
	return err
}

func changed(before, after string) error {
	if before == after {
		return errors.New("it is the one of before")
	}
	return nil
}
