#include "ui/project/registration_card.h"

#include "core/base/encoding.h"
#include "core/keys/deploy_key.h"
#include "ui/common/error_view.h"
#include "ui/common/facts.h"
#include "ui/common/icons.h"
#include "ui/common/message_bar.h"
#include "ui/common/text.h"
#include "ui/project/changes_model.h"
#include "ui/project/vault_talk.h"

#include <QHBoxLayout>

#include <algorithm>

namespace tau::ui {

namespace {

FindingLine line_of(const vault::Check& check) {
    QString subject = to_qt(check.name).replace(QLatin1Char('_'), QLatin1Char(' '));
    subject = subject.left(1).toUpper() + subject.mid(1);
    if (!check.target.empty()) {
        subject = RegistrationCard::tr("%1, %2").arg(subject, to_qt(check.target));
    }
    switch (check.outcome) {
    case vault::Outcome::passed:
        return {QStringLiteral("done"), Tone::good, subject, to_qt(check.sentence)};
    case vault::Outcome::failed:
        return {QStringLiteral("failed"), Tone::bad, subject, to_qt(check.sentence)};
    case vault::Outcome::pending:
        return {QStringLiteral("waiting"), Tone::muted, subject, to_qt(check.sentence)};
    case vault::Outcome::noted:
        break;
    }
    return {QStringLiteral("info"), Tone::muted, subject, to_qt(check.sentence)};
}

QString kind_of(const vault::PublishedProof& proof) {
    return (proof.purpose == seal::Purpose::deploy_key ? RegistrationCard::tr("Deploy key, %1")
                                                       : RegistrationCard::tr("Webhook secret, %1"))
        .arg(role_name(proof.repository).toLower());
}

} // namespace

RegistrationCard::RegistrationCard(VaultState state, QWidget* parent)
    : Card(parent), state_(std::move(state)),
      verify_(make_button(tr("Verify here"), ButtonKind::plain, QStringLiteral("shield"))),
      proofs_(new FindingList) {
    verify_->setAccessibleName(tr("Verify here what %1 shows").arg(to_qt(state_.node.name)));
    verify_->setToolTip(tr("Checks the receipt and the four proofs on this computer. Nobody is "
                           "asked."));
    verify_->setEnabled(state_.proofs.has_value());
    connect(verify_, &QPushButton::clicked, this, &RegistrationCard::verify);
    add_head();
    add_facts();
    box()->addWidget(proofs_);
    add_checks();
    add_fingerprints();
}

void RegistrationCard::add_head() {
    auto* row = new QHBoxLayout;
    row->setSpacing(space::s);
    auto* mark = new IconLabel;
    const bool active = state_.status && state_.status->state == "active";
    mark->set(active          ? QStringLiteral("done")
              : state_.status ? QStringLiteral("failed")
                              : QStringLiteral("warning"),
              active          ? Tone::good
              : state_.status ? Tone::bad
                              : Tone::warn);
    row->addWidget(mark);
    auto* name = make_label(to_qt(state_.node.name), QStringLiteral("heading"));
    name->setWordWrap(false);
    row->addWidget(name);
    auto* word = make_label(active          ? tr("registered")
                            : state_.status ? tr("%1 by the vault").arg(to_qt(state_.status->state))
                                            : tr("no answer"));
    word->setWordWrap(false);
    set_tone(word, active ? Tone::good : state_.status ? Tone::bad : Tone::warn);
    row->addWidget(word);
    row->addStretch(1);
    row->addWidget(verify_);
    box()->addLayout(row);
    for (const auto* error : {&state_.error, &state_.proofs_error}) {
        const bool twice = error == &state_.proofs_error && state_.error && *error &&
                           (*error)->message == state_.error->message;
        if (*error && !twice) {
            auto* view = new ErrorView(this);
            box()->addWidget(view);
            view->show_error(**error, false);
        }
    }
}

void RegistrationCard::add_facts() {
    auto* facts = new Facts;
    const QString name = to_qt(state_.node.name);
    facts->add_text(tr("Region"), to_qt(vault::region_name(state_.node.region)));
    if (state_.status) {
        facts->add_text(tr("Keys"), state_.status->sealed_version == 1
                                        ? tr("the first ones")
                                        : tr("version %1").arg(state_.status->sealed_version));
        facts->add_text(tr("Last webhook"), tr("configuration %1, code %2")
                                                .arg(since_text(state_.status->webhook_seen[0]),
                                                     since_text(state_.status->webhook_seen[1])));
    }
    facts->add_text(tr("Receipt"), tr("signed on %1").arg(time_text(state_.receipt.time)));
    facts->add_key(tr("Receipt is for"), to_hex(state_.receipt.body_hash),
                   tr("hash of what %1 registered").arg(name));
    facts->add_key(tr("Registration"), state_.registration_id,
                   tr("registration with %1").arg(name));
    facts->add_key(tr("Node id"), state_.node.node_id(), tr("node id of %1").arg(name));
    box()->addLayout(facts);
}

void RegistrationCard::add_checks() {
    if (!state_.status) {
        return;
    }
    std::vector<FindingLine> lines;
    for (const vault::Check& check : state_.status->checks) {
        lines.push_back(line_of(check));
    }
    const auto bad = std::count_if(lines.begin(), lines.end(),
                                   [](const FindingLine& line) { return line.tone == Tone::bad; });
    auto* checks = new FindingList(this);
    box()->addWidget(checks);
    checks->show_lines(bad == 0 ? tr("What the vault checked") : tr("%1 checks failed").arg(bad),
                       bad == 0 ? Tone::plain : Tone::bad, lines);
}

void RegistrationCard::add_fingerprints() {
    if (!state_.proofs) {
        return;
    }
    const QString name = to_qt(state_.node.name);
    box()->addWidget(make_label(tr("Fingerprints"), QStringLiteral("strong")));
    auto* facts = new Facts;
    for (const vault::PublishedProof& proof : state_.proofs->proofs) {
        const bool key = proof.purpose == seal::Purpose::deploy_key;
        facts->add_key(kind_of(proof),
                       key ? keys::ssh_fingerprint(proof.point) : to_hex(proof.point),
                       tr("%1 at %2").arg(kind_of(proof), name));
    }
    facts->add_key(tr("Seal key"), to_hex(state_.proofs->proofs[0].vault_key),
                   tr("seal key of %1").arg(name));
    facts->add_key(tr("Owner key"), to_hex(state_.receipt.owner_key),
                   tr("owner key that %1 knows").arg(name));
    box()->addLayout(facts);
}

void RegistrationCard::verify() {
    if (!state_.proofs) {
        return;
    }
    verify_->setEnabled(false);
    job_.start([proofs = *state_.proofs,
                node = state_.node](std::stop_token) { return vault::verify_each(proofs, node); },
               [this](const std::array<Result<void>, 5>& held) {
                   verify_->setEnabled(true);
                   verify_->setFocus(Qt::OtherFocusReason);
                   show_verified(held);
               });
}

void RegistrationCard::show_verified(const std::array<Result<void>, 5>& held) {
    const QString name = to_qt(state_.node.name);
    std::vector<FindingLine> lines;
    const auto add = [&](const QString& subject, const Result<void>& result, const QString& good) {
        lines.push_back({result ? QStringLiteral("done") : QStringLiteral("failed"),
                         result ? Tone::good : Tone::bad, subject,
                         result ? good : to_qt(result.error().message)});
    };
    add(tr("Receipt"), held[0], tr("%1 signed it for this project and registration.").arg(name));
    for (std::size_t i = 0; i < state_.proofs->proofs.size(); ++i) {
        const vault::PublishedProof& proof = state_.proofs->proofs[i];
        add(kind_of(proof), held.at(i + 1),
            proof.purpose == seal::Purpose::deploy_key
                ? tr("%1 can open the key %2.").arg(name, to_qt(keys::ssh_fingerprint(proof.point)))
                : tr("%1 can open the secret; nobody else sees it.").arg(name));
    }
    verified_ = std::all_of(held.begin(), held.end(),
                            [](const Result<void>& one) { return one.has_value(); });
    if (state_.proofs->receipt.proof_hashes == state_.receipt.proof_hashes) {
        lines.push_back({QStringLiteral("done"), Tone::good, tr("Project file"),
                         tr("These are the proofs of project.yaml on this computer.")});
    } else {
        lines.push_back({QStringLiteral("warning"), Tone::warn, tr("Project file"),
                         tr("The vault has other keys than project.yaml on this computer: they "
                            "were rotated elsewhere. Import the newer file.")});
    }
    const QString heading = verified_ ? tr("Verified on this computer") : tr("Not verified");
    proofs_->show_lines(heading, verified_ ? Tone::good : Tone::bad, lines);
    announce(proofs_, heading);
}

} // namespace tau::ui
