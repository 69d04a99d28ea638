#include "ui/project/resource_form.h"

#include "core/project/generated_domain.h"
#include "ui/common/page.h"
#include "ui/common/text.h"
#include "ui/project/problem_strip.h"

#include <QAccessible>
#include <QLineEdit>
#include <QScrollBar>
#include <QStyle>

#include <algorithm>

namespace tau::ui {

using project::FieldRow;
using project::KindId;

namespace {

void set_invalid(QWidget* widget, bool invalid) {
    if (widget->property("invalid").toBool() != invalid) {
        widget->setProperty("invalid", invalid);
        widget->style()->unpolish(widget);
        widget->style()->polish(widget);
    }
}

} // namespace

ResourceForm::ResourceForm(QWidget* parent)
    : QScrollArea(parent), broken_(make_label({})), body_(new QWidget) {
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    set_role(body_, QStringLiteral("page"));
    auto* outer = new QVBoxLayout(body_);
    outer->setContentsMargins(0, 0, space::s, space::s);
    outer->setSpacing(space::s);
    set_tone(broken_, Tone::bad);
    broken_->hide();
    outer->addWidget(broken_);
    box_ = new QVBoxLayout;
    box_->setSpacing(space::s);
    outer->addLayout(box_);
    outer->addStretch(1);
    setWidget(body_);
}

void ResourceForm::clear() {
    groups_.clear();
    shown_.clear();
    kind_ = nullptr;
    suffix_ = nullptr;
    clear_layout(box_);
    broken_->hide();
}

/// The rows that apply to this document, in the order of the sections and of what tools write.
std::vector<std::pair<const FieldRow*, std::string>>
ResourceForm::wanted_rows(const yaml::Document& document) const {
    std::vector<std::pair<const FieldRow*, std::string>> out;
    const std::vector<const FieldRow*> rows = project::as_written(*kind_);
    for (const project::Section& section : kind_->sections) {
        const bool section_on = project::holds(document, *kind_, section.shown_when);
        for (const FieldRow* row : rows) {
            if (row->section != section.id) {
                continue;
            }
            for (std::string& path : project::paths_of(document, *row)) {
                const bool there = project::read_field(document, *row, path).present;
                const bool asked =
                    section_on && row->era == project::Era::now &&
                    project::holds(document, *kind_, row->shown_when) &&
                    (row->path != "name" || kind_->id == KindId::project) &&
                    (row->type != project::FieldType::block || row->choices.size() > 1);
                if (asked || (there && row->type != project::FieldType::block)) {
                    out.emplace_back(row, std::move(path));
                }
            }
        }
    }
    return out;
}

void ResourceForm::show_document(const project::Resource& resource,
                                 const yaml::Document& document) {
    broken_->hide();
    const project::Kind* kind = &project::kind(resource.kind);
    const bool same = kind_ == kind && resource_ == resource;
    kind_ = kind;
    resource_ = resource;
    if (!same || wanted_rows(document) != shown_) {
        build(resource, document);
    }
    if (!same) {
        verticalScrollBar()->setValue(0);
    }
    fill(document);
}

void ResourceForm::build(const project::Resource& resource, const yaml::Document& document) {
    QString focused;
    for (const Group& group : groups_) {
        for (const Row& row : group.rows) {
            if (row.input->focus_widget()->hasFocus()) {
                focused = to_qt(row.path);
            }
        }
    }
    groups_.clear();
    suffix_ = nullptr;
    clear_layout(box_);
    shown_ = wanted_rows(document);
    groups_.reserve(kind_->sections.size());
    for (const project::Section& section : kind_->sections) {
        const auto is_here = [&](const auto& row) { return row.first->section == section.id; };
        if (std::none_of(shown_.begin(), shown_.end(), is_here)) {
            continue;
        }
        Group& group = groups_.emplace_back();
        group.section = &section;
        group.title = make_label(to_qt(section.title), QStringLiteral("strong"));
        group.title->setToolTip(to_qt(section.help));
        box_->addWidget(group.title);
        auto* holder = new QWidget;
        auto* rows = new FormRows(holder);
        box_->addWidget(holder);
        for (const auto& [row, path] : shown_) {
            if (row->section == section.id) {
                add_row(group, *rows, *row, path);
            }
        }
        if (resource.kind == KindId::domain && section.id == "identity") {
            make_domain_part(*box_);
        }
    }
    place_all_names();
    order_keys();
    if (!focused.isEmpty()) {
        focus_field(focused);
    }
}

/// Over the inputs where there is no room beside them.
void ResourceForm::place_all_names() {
    for (FormRows* rows : body_->findChildren<FormRows*>()) {
        rows->place_names(width() < space::field_width);
    }
}

void ResourceForm::resizeEvent(QResizeEvent* event) {
    place_all_names();
    QScrollArea::resizeEvent(event);
}

/// The inputs are younger than what stands after them.
void ResourceForm::order_keys() {
    for (int i = 0; after_ != nullptr && i < box_->count(); ++i) {
        QWidget* part = box_->itemAt(i)->widget();
        for (QWidget* input : part != nullptr ? part->findChildren<QWidget*>() : QWidgetList()) {
            if ((input->focusPolicy() & Qt::TabFocus) != 0 && input->focusProxy() == nullptr) {
                put_before(input, after_);
            }
        }
    }
}

void ResourceForm::add_row(Group& group, FormRows& rows, const FieldRow& row,
                           const std::string& path) {
    Row made;
    made.row = &row;
    made.path = path;
    const QStringList names =
        row.reference.empty() || !names_ ? QStringList() : names_(std::string(row.reference));
    made.input = new FormInput(row, names);
    QString& label = made.name;
    label = to_qt(row.label);
    if (row.path.find('*') != std::string_view::npos) { // "clouds/<name>/account"
        const std::size_t first = path.find('/') + 1;
        label += QStringLiteral(" (%1)").arg(
            to_qt(std::string_view(path).substr(first, path.rfind('/') - first)));
    }
    made.input->focus_widget()->setAccessibleName(label);
    made.note = make_label({}, QStringLiteral("caption"));
    made.note->hide();
    made.label = rows.add(label, {made.input, made.note});
    made.label->setBuddy(made.input->focus_widget());
    made.label->setToolTip(to_qt(row.help));
    const auto tell = [this, path](bool finished) {
        if (const Row* found = find(to_qt(path)); found != nullptr && !is_read_only()) {
            project::FieldValue value = found->value;
            found->input->read_into(value);
            Q_EMIT edited(found->row, value, finished);
        }
    };
    connect(made.input, &FormInput::edited, this, [tell] { tell(false); });
    connect(made.input, &FormInput::finished, this, [tell] { tell(true); });
    group.rows.push_back(std::move(made));
}

void ResourceForm::fill(const yaml::Document& document) {
    for (Group& group : groups_) {
        for (Row& row : group.rows) {
            row.value = project::read_field(document, *row.row, row.path);
            row.value.readable = row.value.readable && row.input->can_show(row.value);
            const bool required = project::is_required(document, *kind_, *row.row);
            row.label->setText(required ? row.name + QStringLiteral(" *") : row.name);
            row.input->set_read_only(false);
            row.input->show_value(row.value);
            show_notes(row);
        }
    }
    if (suffix_ != nullptr) {
        fill_domain_part();
    }
}

void ResourceForm::show_broken(const QString& sentence) {
    broken_->setText(sentence);
    broken_->show();
    for (Group& group : groups_) {
        for (Row& row : group.rows) {
            row.input->set_read_only(true);
        }
    }
}

void ResourceForm::show_problems(const std::vector<project::Problem>& problems) {
    for (Group& group : groups_) {
        for (Row& row : group.rows) {
            row.problem.clear();
            Tone tone = Tone::muted;
            for (const project::Problem& problem : problems) {
                const bool here =
                    problem.path == resource_.path() && !problem.field.empty() &&
                    (problem.field == row.path || problem.field == row.row->path ||
                     problem.field == row.row->legacy || problem.field.starts_with(row.path + "/"));
                if (here && row.problem.isEmpty()) {
                    row.problem = to_qt(problem.sentence);
                    if (const QString more = advice(problem); more != to_qt(row.row->help)) {
                        row.problem += more.isEmpty() ? QString() : QLatin1Char('\n') + more;
                    }
                    tone = problem.severity == project::Severity::error ? Tone::bad : Tone::warn;
                }
            }
            set_tone(row.note, tone);
            set_invalid(row.input->focus_widget(), tone == Tone::bad);
            show_notes(row);
        }
    }
}

void ResourceForm::show_notes(Row& row) {
    const QString shape = tr("Something of another shape stands here; edit it as YAML.");
    const QString said = !row.value.readable ? shape : row.problem;
    const QString hint =
        row.value.readable && project::is_list(row.row->type) ? tr("One in each line.") : QString();
    const auto with_hint = [&hint](const QString& text, QLatin1Char between) {
        return text.isEmpty() || hint.isEmpty() ? QString(text + hint)
                                                : QString(text + between + hint);
    };
    const QString note = with_hint(said, QLatin1Char('\n'));
    row.note->setText(note);
    row.note->setVisible(!note.isEmpty());
    QWidget* input = row.input->focus_widget();
    const QString description =
        with_hint(said.isEmpty() ? to_qt(row.row->help) : said, QLatin1Char(' '));
    if (input->accessibleDescription() != description) {
        input->setAccessibleDescription(description);
        QAccessibleEvent event(input, QAccessible::DescriptionChanged);
        QAccessible::updateAccessibility(&event);
    }
}

void ResourceForm::set_project(const std::string& project_id, const QString& suffix,
                               GeneratedName name) {
    project_id_ = project_id;
    suffix_text_ = suffix;
    generated_name_ = std::move(name);
}

/// Below a domain's name: one of the cloud's own, and the record that proves another one.
void ResourceForm::make_domain_part(QVBoxLayout& box) {
    const QString name = tr("Cloud's suffix");
    suffix_ = new QLineEdit(suffix_text_);
    suffix_->setAccessibleName(name);
    suffix_->setPlaceholderText(QStringLiteral("g.tau.link"));
    suffix_->setToolTip(tr("The name below which the cloud gives away domains."));
    use_generated_ = make_button({}, ButtonKind::quiet);
    use_generated_->setMinimumWidth(space::control); // its tooltip has the whole of a long name
    use_generated_->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    txt_words_ = make_label({}, QStringLiteral("caption"));
    txt_name_ = new KeyLabel(tr("name of the TXT record"), nullptr, 0, 0);
    txt_value_ =
        make_label(tr("Its value is a token that the cloud signs for this project and name: "
                      "what the cloud's auth service answers to POST "
                      "/domain/<name>/for/<project id>, signed in with GitHub."),
                   QStringLiteral("caption"));
    txt_value_->setTextFormat(Qt::PlainText);
    auto* holder = new QWidget;
    (new FormRows(holder))
        ->add(name, {suffix_, use_generated_, txt_words_, txt_name_, txt_value_})
        ->setBuddy(suffix_);
    box.addWidget(holder);
    connect(suffix_, &QLineEdit::textEdited, this, [this](const QString& text) {
        suffix_text_ = text.trimmed();
        fill_domain_part();
        Q_EMIT suffix_chosen(suffix_text_);
    });
    connect(use_generated_, &QPushButton::clicked, this, [this] {
        if (const Row* fqdn = find(QStringLiteral("fqdn"))) {
            project::FieldValue value = fqdn->value;
            value.text = generated_name_(to_utf8(suffix_text_));
            Q_EMIT edited(fqdn->row, value, true);
        }
    });
}

void ResourceForm::fill_domain_part() {
    const Row* fqdn = find(QStringLiteral("fqdn"));
    const std::string name = fqdn == nullptr ? std::string() : fqdn->value.text;
    const std::string suffix = to_utf8(suffix_text_);
    const bool known = !suffix.empty() && !project_id_.empty();
    use_generated_->setVisible(known && !is_read_only());
    if (known) {
        use_generated_->setText(tr("Use %1").arg(to_qt(generated_name_(suffix))));
        use_generated_->setToolTip(use_generated_->text());
    }
    const bool own = !name.empty() && !project_id_.empty() &&
                     (suffix.empty() || !project::is_generated_domain(name, suffix));
    txt_words_->setText(
        own ? tr("To prove that it is yours, the cloud looks for a TXT record of this name:")
        : known && !name.empty() ? tr("The cloud gives this name away; it needs no TXT record.")
                                 : QString());
    txt_words_->setVisible(!txt_words_->text().isEmpty());
    txt_name_->setVisible(own);
    txt_value_->setVisible(own);
    if (own) {
        txt_name_->set_value(to_qt(project::txt_entry(project_id_, name)));
    }
}

const ResourceForm::Row* ResourceForm::find(const QString& path) const {
    const std::string wanted = to_utf8(path);
    for (const Group& group : groups_) {
        for (const Row& row : group.rows) {
            if (row.path == wanted || row.row->path == wanted) {
                return &row;
            }
        }
    }
    return nullptr;
}

QWidget* ResourceForm::input(const QString& path) const {
    const Row* row = find(path);
    return row == nullptr ? nullptr : row->input->focus_widget();
}

QString ResourceForm::note(const QString& path) const {
    const Row* row = find(path);
    return row == nullptr ? QString() : row->note->text();
}

void ResourceForm::focus_field(const QString& path) {
    if (const Row* row = find(path)) {
        row->input->focus_widget()->setFocus(Qt::OtherFocusReason);
        ensureWidgetVisible(row->input);
    }
}

} // namespace tau::ui
